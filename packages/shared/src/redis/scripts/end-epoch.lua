-- Ends a leadership in good order, so that the page does not show a leader that has left.
--
-- ARGV  epoch
if not leads(ARGV[1]) then return 0 end
redis.call('DEL', key('leader'))
announce('status', '')
return 1
