-- wrk script: KIND is json (784 numbers) or binary (784 little-endian floats).
math.randomseed(1)
wrk.method = "POST"
if os.getenv("KIND") == "json" then
  local numbers = {}
  for i = 1, 784 do numbers[i] = string.format("%.7g", math.random()) end
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = '{"data":[' .. table.concat(numbers, ",") .. "]}"
else
  wrk.headers["Content-Type"] = "application/octet-stream"
  wrk.body = string.rep("\0\0\0\63", 784)
end
function done (summary, latency)
  io.write(string.format("RESULT %.0f %.4f %.4f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, summary.errors.status + summary.errors.timeout + summary.errors.read))
end
