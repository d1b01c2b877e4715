-- Notes that the leader has looked at everything that was due, and who is told.
--
-- ARGV  epoch, receivers (JSON)
-- Returns 1, or 0 when the epoch is not current.
if not leads(ARGV[1]) then return 0 end
redis.call('MSET', key('last-pass'), wall_clock(), key('receivers'), ARGV[2])
return 1
