/** Lines of an invented app's log, framed as Heroku's Logplex frames them. */

/** `heroku[web.1]: State changed …` as Logplex posts it. @param at ms since 1970. */
export function logplexLine(at: number, source: 'heroku' | 'app', process: string, text: string): string {
  const time = new Date(at).toISOString().replace('Z', '000+00:00');
  return `<${source === 'heroku' ? 158 : 190}>1 ${time} host ${source} ${process} - ${text}\n`;
}

/** RFC 6587 octet counting. */
export function logplexBody(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${Buffer.byteLength(line)} ${line}`).join(''));
}

export interface InventedRequest {
  readonly at: number;
  readonly dyno?: string;
  readonly status?: number;
  readonly service?: number | null;
  readonly code?: string;
  readonly description?: string;
  readonly path?: string;
}

/** A line of the router. */
export function routerLine({
  at,
  dyno = 'web.1',
  status = 200,
  service = 40,
  code,
  description = 'Request timeout',
  path = '/cart?token=hunter2',
}: InventedRequest): string {
  const error = code === undefined ? 'at=info' : `at=error code=${code} desc="${description}"`;
  const times = service === null ? 'connect= service=' : `connect=1ms service=${service}ms`;
  return logplexLine(
    at,
    'heroku',
    'router',
    `${error} method=GET path="${path}" host=shop.example request_id=5f0c1d2e-0000-4000-8000-1234567890ab fwd="192.0.2.7" dyno=${dyno} ${times} status=${status} bytes=${service === null ? '' : 1811} protocol=https`,
  );
}

/** What a dyno says every 20 s where runtime metrics are on. */
export function memoryLine(at: number, dyno: string, total: number, quota: number, swap = 0): string {
  const mb = (number: number) => `${number.toFixed(2)}MB`;
  return logplexLine(
    at,
    'heroku',
    dyno,
    `source=${dyno} dyno=heroku.1234.6a0d sample#memory_total=${mb(total)} sample#memory_rss=${mb(total - swap)} sample#memory_cache=0.29MB sample#memory_swap=${mb(swap)} sample#memory_pgpgin=485pages sample#memory_pgpgout=282pages sample#memory_quota=${mb(quota)}`,
  );
}

export function loadLine(at: number, dyno: string, load: number): string {
  const text = `source=${dyno} dyno=heroku.1234.6a0d sample#load_avg_1m=${load.toFixed(2)} sample#load_avg_5m=0.01 sample#load_avg_15m=0.06`;
  return logplexLine(at, 'heroku', dyno, text);
}

/** What Heroku Postgres says of itself once a minute. */
export function postgresLine(at: number, database = 'HEROKU_POSTGRESQL_RED'): string {
  return logplexLine(
    at,
    'app',
    'heroku-postgres',
    `source=${database} addon=postgresql-round-1234 sample#current_transaction=2445 sample#db_size=3221225472bytes sample#tables=150 sample#active-connections=84 sample#waiting-connections=3 sample#index-cache-hit-rate=0.98701 sample#table-cache-hit-rate=0.96767 sample#load-avg-1m=0.06 sample#load-avg-5m=0.115 sample#read-iops=17.711 sample#write-iops=6.7273 sample#tmp-disk-used=33849344 sample#tmp-disk-available=72944943104 sample#memory-total=4044972kB sample#memory-free=102400kB sample#memory-cached=3350760kB sample#memory-postgres=204800kB     `,
  );
}
