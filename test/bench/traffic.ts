/** What came over all connections of a process. Counted up where it is read, for that costs the least. */
export class Traffic {
  /** Of the TCP stream: frames with their heads, and the answers to upgrades. */
  bytes = 0;
  /** WebSocket messages. */
  messages = 0;
  /** Those of them that were compressed. */
  compressed = 0;

  begin(): void {
    this.bytes = 0;
    this.messages = 0;
    this.compressed = 0;
  }
}
