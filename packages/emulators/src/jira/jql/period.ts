const msOf: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** `-5d`, `4w 2d`: ms from now; null where it is no period. */
const periodMs = (text: string): number | null => {
  const match = /^([+-]?)((?:\d+[wdhm]\s*)+)$/.exec(text.trim());
  if (match === null) return null;
  const [, sign, parts = ""] = match;
  const total = [...parts.matchAll(/(\d+)([wdhm])/g)]
    .map(([, count, unit = ""]) => Number(count) * (msOf[unit] ?? 0))
    .reduce((sum, ms) => sum + ms, 0);
  return sign === "-" ? -total : total;
};

/** A JQL date or period as ms since the epoch, in UTC; null where Jira takes it for neither. */
export const jqlTime = (text: string, now: number): number | null => {
  const period = periodMs(text);
  if (period !== null) return now + period;
  const match = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: (\d{1,2}):(\d{2}))?$/.exec(text.trim());
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const exists = time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60;
  return exists ? time.getTime() : null;
};
