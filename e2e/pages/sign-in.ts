import type { Locator, Page } from '@playwright/test';

/** The first page that anyone sees. */
export class SignInPage {
  constructor(private readonly page: Page) {}

  get form(): Locator {
    return this.page.getByRole('form', { name: 'Sign in' });
  }
  get email(): Locator {
    return this.page.getByLabel('E-mail');
  }
  get password(): Locator {
    return this.page.getByLabel('Password', { exact: true });
  }
  get submit(): Locator {
    return this.page.getByRole('button', { name: 'Sign in', exact: true });
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.email.fill(email);
    await this.password.fill(password);
    await this.submit.click();
  }
}
