-- Ends a session.
--
-- ARGV  session (the hash of its secret)
-- Returns 1, or 0 when it had ended already.
if redis.call('DEL', key('session:' .. ARGV[1])) == 0 then return 0 end
announce('access', '')
return 1
