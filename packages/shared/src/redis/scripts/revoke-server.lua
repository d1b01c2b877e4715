-- Raises a server's generation: keys of an older one are refused from now on, on every API instance.
--
-- ARGV  server
-- Returns the new generation, or -1 when there is no such server.
local server = key('server:' .. ARGV[1])
if redis.call('EXISTS', server) == 0 then return -1 end
local generation = redis.call('HINCRBY', server, 'generation', 1)
announce('server', ARGV[1])
return generation
