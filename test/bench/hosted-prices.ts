/** What a hosted service asks, as far as its price follows what is published and delivered. */
export interface HostedPrice {
  readonly name: string;
  /** Dollars for a million events that are published, and for a million that are delivered. */
  readonly published: number;
  readonly delivered: number;
  /** What the figures are and where they stand. */
  readonly about: string;
}

/**
 * Prices without what a plan includes, its base price, connections, storage or volume discounts. All of them were read
 * from copies of the pages in November 2026; the pages bear no date.
 */
export const hostedPrices: readonly HostedPrice[] = [
  {
    name: "Ably",
    published: 2.5,
    delivered: 2.5,
    about:
      "$2.50 a million messages, each published or delivered one counted (ably.com/pricing/full-calculator); accounts priced by messages, connection minutes extra",
  },
  {
    name: "PubNub",
    published: 123,
    delivered: 33,
    about:
      "$0.000123 a replicated transaction (a publish), $0.000033 an edge transaction (a delivery to a subscriber) of up to 2 KB (pubnub.com/docs/general/resources/pricing)",
  },
];

/** What is known of one whose prices stand nowhere that was read. */
export const unpriced =
  "Pusher counts one message for each publish and one for each delivery (docs.bird.com/pusher, “How is my message count calculated”) and sells plans with a number of messages a day; their prices could not be read";
