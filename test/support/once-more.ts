/** Browsers and whole servers share a machine with others: what fails is tried once more, its first failure printed. */
jest.retryTimes(1, { logErrorsBeforeRetry: true })
