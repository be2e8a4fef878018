/** The provider of a message, for attributes: only those that the receiver has, so that a client cannot make up new ones. */
export function providerOf({ provider = 'unknown' }: { readonly provider?: string }): string {
  return provider;
}
