/** What wrangler.toml says of a queue's consumer. */
export interface ConsumerConfig {
  readonly max_batch_size: number;
  readonly max_retries: number;
  /** Seconds. */
  readonly retry_delay: number;
  readonly dead_letter_queue?: string | undefined;
}
