-- Writes what an operator changed of an alert: an acknowledgement, or its end; what that held is asked about.
--
-- ARGV  alert id, version that was read, alert (JSON)
-- Returns 1, or 0 when somebody else changed it in between: then it is to be read again.
local was = read_alert(ARGV[1])
if was == nil or was.version ~= tonumber(ARGV[2]) then return 0 end
redis.call('SET', key('alert:' .. ARGV[1]), ARGV[3])
ask_about_held(ARGV[1])
announce('alert', ARGV[1])
return 1
