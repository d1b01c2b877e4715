-- Adds an API token.
--
-- ARGV  id, name, role, hash of its secret, who made it, when it expires ('' never)
-- Returns 1, or 0 when there is one of this name.
--
-- Race: of two tokens of one name that are made at once, one is refused.
if redis.call('HSETNX', key('tokens'), ARGV[2], ARGV[1]) == 0 then return 0 end
redis.call('HSET', key('token:' .. ARGV[1]), 'name', ARGV[2], 'role', ARGV[3], 'hash', ARGV[4],
  'createdBy', ARGV[5], 'createdAt', wall_clock(), 'expiresAt', ARGV[6], 'usedAt', '')
return 1
