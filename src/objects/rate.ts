/** A token bucket: what may still be spent, as of a time (ms). Below zero it counts what was refused. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export interface Rate {
  /** What may be spent at once. */
  readonly burst: number;
  /** What comes back each second. */
  readonly perSecond: number;
  /** How many refusals in a row are answered before the spender is given up. */
  readonly patience: number;
}

/** `taken`: it was in the bucket; `refused`: it was not; `exhausted`: it was not, and that too often. */
export type Spending = { readonly kind: "taken" | "refused" | "exhausted"; readonly bucket: Bucket };

/** The bucket as it is now. */
export function refill({ tokens, at }: Bucket, now: number, { burst, perSecond }: Rate): Bucket {
  return { tokens: Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond), at: now };
}

/** Spends one token at a time. Refusals are counted against the bucket, so that whoever goes on gets nothing. */
export function spend(bucket: Bucket, now: number, rate: Rate): Spending {
  const tokens = refill(bucket, now, rate).tokens - 1;
  const { patience } = rate;
  if (tokens >= 0) return { kind: "taken", bucket: { tokens, at: now } };
  const kind = tokens >= -patience ? "refused" : "exhausted";
  return { kind, bucket: { tokens: Math.max(tokens, -patience), at: now } };
}
