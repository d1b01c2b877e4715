-- Makes every held notification due to be asked about: a silence or an acknowledgement ended or changed,
-- or a mass silence did.
--
-- Returns how many there are.
local now = wall_clock()
local held = redis.call('ZRANGE', key('held'), 0, -1)
for _, id in ipairs(held) do redis.call('ZADD', key('held'), now, id) end
redis.call('PUBLISH', key('wake'), '')
return #held
