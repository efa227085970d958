-- wrk script: posts the body in the file that BODY_FILE names, of the type BODY_TYPE. JSON_LENGTH: how many of its bytes are JSON.
wrk.method = "POST"
wrk.headers["Content-Type"] = os.getenv("BODY_TYPE")
local length = os.getenv("JSON_LENGTH")
if length ~= "" then wrk.headers["Inference-Header-Content-Length"] = length end
wrk.body = io.open(os.getenv("BODY_FILE"), "rb"):read("*a")
done = dofile("bench/result.lua")
