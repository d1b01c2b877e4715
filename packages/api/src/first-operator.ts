/** The operator that the environment names, made when there is none yet. */
import { hostname } from 'node:os';
import type { Config } from '@healthapp/shared/config/config';
import { recordAudit } from '@healthapp/shared/redis/audit';
import type { Partition } from '@healthapp/shared/redis/partition';
import { addFirstOperator, allUsers } from '@healthapp/shared/redis/users';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { hashPassword, passwordFault } from '@healthapp/shared/runtime/password';

export async function makeFirstOperator(first: Partition, auth: Config['auth'], logger: Logger): Promise<void> {
  if (auth.mode === 'none') return;
  const users = await allUsers(first);
  if (users.some(({ role }) => role === 'operator')) return;
  if (auth.firstOperator === null) {
    if (users.length === 0) logger.warn('nobody can sign in yet: `healthapp users add NAME --role operator`');
    return;
  }
  const { user, password } = auth.firstOperator;
  const fault = passwordFault(password.reveal());
  if (fault !== null) logger.warn(`the first operator's password ${fault}: change it soon`, { user });
  const added = await addFirstOperator(first, { name: user, password: await hashPassword(password.reveal()) });
  if (added) {
    const from = `the environment of ${hostname()}`;
    await recordAudit(first, { by: null, from, action: 'user-add', subject: user, detail: 'as the first operator' });
    logger.info('made the first operator', { user });
  } else if (users.some(({ name }) => name === user)) {
    logger.warn(`${user} is a viewer: \`healthapp users role ${user} operator\` makes an operator`);
  }
}
