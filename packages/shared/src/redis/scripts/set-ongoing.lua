-- Moves alerts that still stand from created to ongoing.
--
-- ARGV  epoch, then for each alert 3: id, version that was read, alert (JSON; '' only clears the mark)
-- Returns 1, or 0 when the epoch is not current. An alert that was changed in between stays due.
if not leads(ARGV[1]) then return 0 end
for at = 2, #ARGV, 3 do
  local id, version, alert = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2]
  local was = read_alert(id)
  if alert == '' or not was or was.state ~= 'created' then
    redis.call('ZREM', key('becoming-ongoing'), id)
  elseif was.version == version then
    redis.call('SET', key('alert:' .. id), alert)
    redis.call('ZREM', key('becoming-ongoing'), id)
    redis.call('SREM', key('alerts-in:' .. was.kind .. ':created'), id)
    redis.call('SADD', key('alerts-in:' .. was.kind .. ':ongoing'), id)
    announce('alert', id)
  end
end
return 1
