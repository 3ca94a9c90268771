/**
 * What `read` gives, or null when it fails or takes longer: a scrape must not fail, nor wait, for one figure that
 * cannot be read. Absent is the truth then, and /readyz tells of Redis.
 */
export async function inTime<T>(read: () => Promise<T>, timeoutMs = 2_000): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, null);
  });
  try {
    return await Promise.race([read(), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
