-- wrk script: posts the bodies of a list in turn. BODIES: a file with one per line: file, type, bytes of JSON or -.
local requests, n = {}, 0
for line in io.lines(os.getenv("BODIES")) do
  local file, type, length = line:match("(%S+) (%S+) (%S+)")
  local headers = { ["Content-Type"] = type }
  if length ~= "-" then headers["Inference-Header-Content-Length"] = length end
  requests[#requests + 1] = { headers = headers, body = io.open(file, "rb"):read("*a") }
end
function init ()
  for i, r in ipairs(requests) do requests[i] = wrk.format("POST", nil, r.headers, r.body) end
end
function request ()
  n = n % #requests + 1
  return requests[n]
end
done = dofile("bench/result.lua")
