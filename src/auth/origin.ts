import type { Settings } from "../config/settings.ts";

/**
 * Whether a page of this origin may connect and call: the service's own origin always, those that
 * `ALLOWED_ORIGINS` names, and any when it says `*`. No `Origin` header means that the caller is no browser.
 * The origin `null` (sandboxed frames, files) is nobody's, so only `*` allows it.
 *
 * @example originAllowed("https://app.example", new URL(request.url), settings)
 */
export function originAllowed(origin: string | null, requestUrl: URL, settings: Settings): boolean {
  if (origin === null || settings.ALLOWED_ORIGINS.includes("*")) return true;
  return originNamed(origin, requestUrl, settings);
}

/**
 * Whether a cookie counts that came with this origin. The browser adds cookies whoever's page it is, so the origin
 * must be there and be the service's own or one that `ALLOWED_ORIGINS` names: with `*` alone any page on the web
 * could connect as whoever looks at it. CORS makes the same exception.
 */
export function originAllowedForCookies(origin: string | null, requestUrl: URL, settings: Settings): boolean {
  return origin !== null && originNamed(origin, requestUrl, settings);
}

function originNamed(origin: string, requestUrl: URL, settings: Settings): boolean {
  const normal = normalOrigin(origin);
  if (normal === undefined) return false;
  if (normal === normalOrigin(requestUrl.href)) return true;
  return settings.ALLOWED_ORIGINS.some((entry) => normalOrigin(entry) === normal);
}

/** Scheme, host and port, lower-cased, without a default port. `wss` is reached from the origin `https`. */
function normalOrigin(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address.replace(/^ws(s?):/i, "http$1:"));
  // Schemes of apps (`capacitor://localhost`) have no origin of their own in the URL standard.
  return url.origin === "null" ? `${url.protocol}//${url.host.toLowerCase()}` : url.origin;
}
