-- For scripts of wrk: one line at the end that says what was measured.
return function (summary, latency)
  io.write(string.format("RESULT %.1f %.4f %.4f %d %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.write + summary.errors.connect,
    summary.requests))
end
