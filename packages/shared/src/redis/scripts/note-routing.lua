-- Notes whom the leader tells of what, and by which rules it judges, at the beginning of its leadership.
--
-- ARGV  epoch, receivers (JSON), routes (JSON), rules of its configuration (JSON)
-- Returns 1, or 0 when the epoch is not current.
if not leads(ARGV[1]) then return 0 end
redis.call('MSET', key('receivers'), ARGV[2], key('routes'), ARGV[3], key('configured-rules'), ARGV[4])
announce('status', '')
return 1
