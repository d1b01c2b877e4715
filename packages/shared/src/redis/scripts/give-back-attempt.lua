-- Takes attempts back that were right: only wrong ones count.
--
-- ARGV  what was counted, each
-- Returns nothing.
--
-- Race: the window may have ended meanwhile: a count that is gone is not brought back, which would have no end.
for at = 1, #ARGV do
  local count = key('attempts:' .. ARGV[at])
  if tonumber(redis.call('GET', count) or '0') > 0 then redis.call('DECR', count) end
end
