import type { PostgresCheckConfig } from '@healthapp/shared/config/checks';
import pg from 'pg';
import { monotonicMs } from '../../monotonic-clock.ts';
import { type Probe, since, unwell, well } from './probe.ts';

/** PostgreSQL's code for a table that is not there (Appendix A of its manual). */
const undefinedTable = '42P01';
const undefinedSchema = '3F000';

/**
 * Connects anew each time, as a client would that starts now, and reads one row, or nothing, of a table. TLS is as
 * the URL's `sslmode` and `sslrootcert` say.
 */
export function createPostgresProbe(check: PostgresCheckConfig): Probe {
  const { table } = check;
  const question = table === null ? 'SELECT 1' : `SELECT 1 FROM ${quoted(table)} LIMIT 1`;
  return {
    async look(signal) {
      const begun = monotonicMs();
      const client = new pg.Client({
        connectionString: check.url.reveal().trim(),
        connectionTimeoutMillis: check.timeoutMs,
        query_timeout: check.timeoutMs,
        application_name: 'healthapp-agent',
      });
      // An error between two steps would otherwise be nobody's, and end the process.
      client.on('error', () => {});
      const end = () => void client.end().catch(() => {});
      signal.addEventListener('abort', end, { once: true });
      try {
        await client.connect();
        await client.query(question);
        return well(since(begun), table === null ? 'answers' : `table ${table} is there`);
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (table !== null && (code === undefinedTable || code === undefinedSchema)) {
          return unwell(since(begun), `no table ${table}`);
        }
        throw error;
      } finally {
        signal.removeEventListener('abort', end);
        end();
      }
    },
    close: async () => {},
  };
}

/** Each part as PostgreSQL folds an unquoted name, so that what works in psql works here. */
function quoted(table: string): string {
  return table
    .split('.')
    .map((part) => `"${part.toLowerCase()}"`)
    .join('.');
}
