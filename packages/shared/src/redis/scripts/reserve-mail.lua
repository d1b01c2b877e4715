-- Reserves the mails of alerts that opened: of one error of one app, a receiver gets one within its cooldown.
--
-- ARGV  epoch, cooldown in ms, receiver, then for each 2: what it is about, the notification's id
-- Returns {for each when it may go, ms since 1970: 0 for now}, or false when the epoch is not current.
--
-- Race: two alerts of one error that open together are looked at one after the other, and the second waits.
if not leads(ARGV[1]) then return false end
local now, until_when = wall_clock(), {}
for at = 4, #ARGV, 2 do
  local cooling = key('mail-cooldown:' .. ARGV[3] .. ':' .. ARGV[at])
  local by = redis.call('GET', cooling)
  if by and by ~= ARGV[at + 1] then
    until_when[#until_when + 1] = now + math.max(1, redis.call('PTTL', cooling))
  else
    if not by then redis.call('SET', cooling, ARGV[at + 1], 'PX', ARGV[2]) end
    until_when[#until_when + 1] = 0
  end
end
return until_when
