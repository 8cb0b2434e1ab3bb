-- For wrk: asks for each path of a list, once or round and round, and prints what was measured as one line of JSON.

local paths, place, once = {}, 0, false

function init(args)
  for path in io.lines(args[1]) do paths[#paths + 1] = path end
  once = args[2] == "once"
end

function request()
  place = place + 1
  if place > #paths then
    if once then
      wrk.thread:stop()
      -- wrk would sleep to the end of its time, and hears no signal until os.execute is over.
      os.execute("(while kill -INT $PPID; do sleep 0.01; done) >/dev/null 2>&1 &")
    end
    place = 1
  end
  return wrk.format("GET", paths[place])
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  print(string.format('{"requests": %d, "seconds": %f, "failed": %d, "p50": %f, "p95": %f, "p99": %f}', summary.requests,
    summary.duration / 1e6, failed, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
