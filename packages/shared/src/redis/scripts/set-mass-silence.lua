-- Begins or ends the mass silence that holds `offline` alerts back.
--
-- ARGV  epoch, mass silence (JSON), or '' to end it
-- Returns 1, or 0 when the epoch is not current.
if not leads(ARGV[1]) then return 0 end
if ARGV[2] == '' then redis.call('DEL', key('mass-silence')) else redis.call('SET', key('mass-silence'), ARGV[2]) end
announce('status', '')
return 1
