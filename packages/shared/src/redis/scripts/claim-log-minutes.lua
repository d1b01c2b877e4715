-- Gives out the minutes of apps' logs that are over, to be made rows of history, for 30 s to one caller.
--
-- ARGV  how many apps at most
-- Returns for each app a list: server, then its minutes (since 1970) in their order.
--
-- Race: every API instance asks. Rows are written in the order of their minutes, so one caller at a time has an
-- app; what it does not finish is given out again. Nothing is added to these minutes any more (record-app-logs).
local minutes_open, claimed_for = 2, 30000
local now = wall_clock()
local last = math.floor(now / 60000) - minutes_open - 1
local answers = {}
for _, server in ipairs(redis.call('ZRANGEBYSCORE', key('log-minutes-due'), '-inf', now, 'LIMIT', 0, tonumber(ARGV[1]))) do
  redis.call('ZADD', key('log-minutes-due'), digits(now + claimed_for), server)
  local over = {}
  for _, minute in ipairs(redis.call('SMEMBERS', key('log-minutes:' .. server))) do
    if tonumber(minute) <= last then over[#over + 1] = tonumber(minute) end
  end
  table.sort(over)
  local answer = { server }
  for _, minute in ipairs(over) do answer[#answer + 1] = minute end
  answers[#answers + 1] = answer
end
return answers
