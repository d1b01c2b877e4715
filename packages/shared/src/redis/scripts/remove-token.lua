-- Removes an API token.
--
-- ARGV  name
-- Returns 1, or 0 when there is none of this name.
local id = redis.call('HGET', key('tokens'), ARGV[1])
if not id then return 0 end
redis.call('HDEL', key('tokens'), ARGV[1])
redis.call('DEL', key('token:' .. id))
announce('access', '')
return 1
