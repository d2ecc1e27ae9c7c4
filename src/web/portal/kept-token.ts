/** ms for which a token is used again; every token lives longer than that. */
const FRESH = 60_000;

/**
 * Gets tokens for questions that follow each other closely, so that not each of them costs another one first.
 *
 * @param now ms since 1970.
 */
export function keptToken(get: () => Promise<string>, now: () => number = Date.now): () => Promise<string> {
  let kept: { readonly token: Promise<string>; readonly at: number } | undefined;
  return () => {
    if (kept && now() - kept.at < FRESH) return kept.token;
    const got = { token: get(), at: now() };
    kept = got;
    // One that could not be got is asked for anew; who waits for it hears of it by themselves.
    got.token.catch(() => {
      if (kept === got) kept = undefined;
    });
    return got.token;
  };
}
