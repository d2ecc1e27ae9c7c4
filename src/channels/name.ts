import { CarillonError } from "../protocol/errors.ts";

/** The longest channel name, in characters; a percent-encoded character counts once. */
export const MAX_CHANNEL_CHARACTERS = 200;

const grammar = /^[\w\-=@,.;|+~!%]+(:[\w\-=@,.;|+~!%]+)*$/;
const outsideGrammar = /[^\w\-=@,.;|+~!]/gu;
const controlCharacter = /\p{Cc}/u;

/**
 * Checks a channel's name and gives its segments in the one form that stands for that channel: a character is
 * percent-encoded where the grammar needs it and nowhere else. `user:a%40b` and `user:a@b` are one channel.
 *
 * @throws {CarillonError} `invalid_channel`
 */
export function parseName(name: string): readonly string[] {
  // Three bytes, nine characters, is the longest code unit: anything beyond cannot be a valid name.
  if (name.length > MAX_CHANNEL_CHARACTERS * 9 || !grammar.test(name)) {
    throw new CarillonError(
      "invalid_channel",
      `A channel's name has letters, digits and _-=@,.;|+~!% in segments parted by ":", at most ${MAX_CHANNEL_CHARACTERS} characters.`,
    );
  }
  const segments = name.split(":");
  const decoded = segments.map(decodeSegment);
  if (decoded.join(":").length > MAX_CHANNEL_CHARACTERS) {
    throw new CarillonError(
      "invalid_channel",
      `A channel's name has at most ${MAX_CHANNEL_CHARACTERS} characters.`,
    );
  }
  if (decoded.some((segment) => controlCharacter.test(segment))) {
    throw new CarillonError("invalid_channel", "A channel's name has no control characters.");
  }
  return decoded.map(encodeSegment);
}

/** Writes a value, a user id say, as one segment of a channel's name. */
export function encodeSegment(value: string): string {
  return value.replace(outsideGrammar, (character) =>
    encodeURIComponent(character).replace(
      /[*'()]/g,
      (left) => `%${left.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  );
}

/**
 * The name of a room's object. The platform tells an object its own name only up to 1,024 bytes, which a channel's name
 * may exceed where it is percent-encoded; so what is not ASCII stands here as it is.
 */
export function objectNameOf(channel: string): string {
  return channel.replace(/(?:%[89A-F][0-9A-F])+/g, decodeSegment);
}

/** The channel whose room has an object of this name. */
export function channelOfObject(name: string): string {
  return name.replace(/[^\p{ASCII}]+/gu, encodeURIComponent);
}

/** Reads a segment back. A percent sign that encodes nothing stands for itself. */
export function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
