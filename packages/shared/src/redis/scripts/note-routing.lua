-- Notes whom the leader tells of what, at the beginning of its leadership.
--
-- ARGV  epoch, receivers (JSON), routes (JSON)
-- Returns 1, or 0 when the epoch is not current.
if not leads(ARGV[1]) then return 0 end
redis.call('MSET', key('receivers'), ARGV[2], key('routes'), ARGV[3])
announce('status', '')
return 1
