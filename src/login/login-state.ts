import type { OtpLogin } from './otp-login.js';
import type { Session } from './session.js';

/** How the login stands: `authenticated` means there is a token that the cloud has not rejected. */
export type LoginState = 'authenticated' | 'otp-sent' | 'otp-required';

/** How the login stands now. */
export function loginStateOf(session: Session, otpLogin: OtpLogin): LoginState {
  if (session.isAuthenticated) return 'authenticated';
  return otpLogin.open === undefined ? 'otp-required' : 'otp-sent';
}
