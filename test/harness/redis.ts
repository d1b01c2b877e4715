import { Redis } from 'ioredis';

/** How many databases the server of a test run has: 0 counts the others, each test file takes one of these. */
export const testDatabases = 512;

/**
 * An empty database for one test file, or one test, that nobody else has.
 * @param redisUrl `inject('redisUrl')`.
 * @returns the url with the database's number: `redis://:…@127.0.0.1:1234/7`.
 */
export async function freshDatabase(redisUrl: string): Promise<string> {
  const client = new Redis(redisUrl, { maxRetriesPerRequest: 0 });
  try {
    const taken = await client.incr('databases taken');
    // In watch mode the numbers come round again; by then the file that had this one has long ended.
    const number = ((taken - 1) % (testDatabases - 1)) + 1;
    await client.select(number);
    await client.flushdb();
    return `${redisUrl}/${number}`;
  } finally {
    client.disconnect();
  }
}
