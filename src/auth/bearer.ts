/**
 * What an `Authorization` header bears: the token after `Bearer`, or `undefined` if it bears none or is of another
 * scheme.
 *
 * @example bearerToken("Bearer abc") // "abc"
 */
export function bearerToken(authorization: string | null): string | undefined {
  const [, token] = /^bearer[ \t]+(.*)$/i.exec(authorization?.trim() ?? "") ?? [];
  return token || undefined;
}
