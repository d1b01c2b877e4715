-- Counts an attempt to sign in against its limits.
--
-- ARGV  ms of the window, then for each limit 2: what is counted (user:…, address:…, browser:…), how many
-- Returns {0, then for each limit how many there are with this one}, or {ms until it may be tried again} when a
-- limit is reached already: then nothing is counted, so that whoever goes on trying does not lengthen it.
--
-- Race: attempts that come at once must not all pass below a limit. They are counted before the password is
-- looked at, and given back when it was right.
local window = tonumber(ARGV[1])
local longest = 0
for at = 2, #ARGV, 2 do
  local count = key('attempts:' .. ARGV[at])
  if tonumber(redis.call('GET', count) or '0') >= tonumber(ARGV[at + 1]) then
    longest = math.max(longest, redis.call('PTTL', count), 1)
  end
end
if longest > 0 then return { longest } end
local counts = { 0 }
for at = 2, #ARGV, 2 do
  local count = key('attempts:' .. ARGV[at])
  local now = redis.call('INCR', count)
  if now == 1 then redis.call('PEXPIRE', count, window) end
  counts[#counts + 1] = now
end
return counts
