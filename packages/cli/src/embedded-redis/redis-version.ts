/** The oldest Redis that has what the scripts use. Valkey began at 7.2. */
export const oldestRedis = '6.2';

/** From `Redis server v=7.0.15 sha=00000000:0 …` or `Valkey server v=8.1.1 …`. */
export function serverVersion(text: string): string | undefined {
  return /(?:Redis|Valkey) server v=(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

/** From apt-cache policy: `  Candidate: 5:7.0.15-1~deb12u10` is 7.0.15; `(none)` is none. */
export function candidateVersion(policy: string): string | undefined {
  return /^\s*Candidate:\s*(?:\d+:)?(\d+\.\d+(?:\.\d+)?)/m.exec(policy)?.[1];
}

export function recentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = oldestRedis.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
