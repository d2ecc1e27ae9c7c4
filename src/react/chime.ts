/** The two notes of the chime: Hz, and seconds after its beginning. */
const notes = [
  { pitch: 880, at: 0 },
  { pitch: 1174.66, at: 0.12 },
] as const;

/** Seconds. */
const LENGTH = 0.6;

let context: AudioContext | undefined;

/**
 * Plays two soft notes, made on the spot. Browsers allow it only after the user has touched the page; before that, and
 * where there is no audio, nothing happens.
 *
 * @param volume from 0 to 1.
 */
export async function chime(volume: number): Promise<void> {
  if (typeof AudioContext === "undefined") return;
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") await context.resume();
    for (const { pitch, at } of notes) ring(context, pitch, context.currentTime + at, volume);
  } catch {
    // A sound that is not to be had is no error: the bell shows the same.
  }
}

function ring(audio: AudioContext, pitch: number, at: number, volume: number): void {
  const tone = audio.createOscillator();
  const loudness = audio.createGain();
  tone.type = "sine";
  tone.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.2 * volume, at + 0.015);
  loudness.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH);
  tone.connect(loudness).connect(audio.destination);
  tone.start(at);
  tone.stop(at + LENGTH);
}
