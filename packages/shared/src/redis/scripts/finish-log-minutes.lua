-- Forgets minutes of an app's log that are rows of history now.
--
-- ARGV  server, then each minute (since 1970)
-- Returns nothing.
--
-- Race: a delivery may begin a minute meanwhile; when the next one is due is found and noted in the same step.
local minutes_open = 2
local server = ARGV[1]
local minutes = key('log-minutes:' .. server)
for at = 2, #ARGV do
  redis.call('DEL', key('log-minute:' .. server .. ':' .. ARGV[at]), key('log-times:' .. server .. ':' .. ARGV[at]))
  redis.call('SREM', minutes, ARGV[at])
end
local next_one
for _, minute in ipairs(redis.call('SMEMBERS', minutes)) do
  next_one = math.min(next_one or math.huge, tonumber(minute))
end
if next_one then
  redis.call('ZADD', key('log-minutes-due'), digits((next_one + minutes_open + 1) * 60000), server)
else
  redis.call('ZREM', key('log-minutes-due'), server)
end
