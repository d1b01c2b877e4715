-- Notes whom the leader tells, at the beginning of its leadership.
--
-- ARGV  epoch, receivers (JSON)
-- Returns 1, or 0 when the epoch is not current.
if not leads(ARGV[1]) then return 0 end
redis.call('SET', key('receivers'), ARGV[2])
announce('status', '')
return 1
