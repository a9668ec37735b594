import type { Answer, TestGateway } from "./gateway.ts";

/** The calls that most tests of tokens make. */
export const register = ({ call }: TestGateway, registerToken: string): Promise<Answer> =>
  call("POST", "/v1/tokens/register", { body: { registerToken } });
export const refresh = ({ call }: TestGateway, refreshToken: string): Promise<Answer> =>
  call("POST", "/v1/tokens/refresh", { body: { refreshToken } });
export const whoami = ({ call }: TestGateway, token: string): Promise<Answer> =>
  call("GET", "/v1/whoami", { token });
