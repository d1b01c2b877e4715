-- Notes that the leader has looked at everything that was due, and what it counted meanwhile.
--
-- ARGV  epoch, then for each 2: counter, by how much
-- Returns 1, or 0 when the epoch is not current.
if not leads(ARGV[1]) then return 0 end
redis.call('SET', key('last-pass'), wall_clock())
for at = 2, #ARGV, 2 do count(ARGV[at], ARGV[at + 1]) end
return 1
