/** Asks whoever issued a service account's token about it. */
export interface ServiceAccountVerifier {
  /**
   * The account's user name (`system:serviceaccount:NAMESPACE:NAME`), or undefined where the token is not good, is not a
   * service account's, or was made for another audience.
   * @throws Problem `identity-unavailable` where nobody answers.
   */
  verify(token: string): Promise<string | undefined>;
}
