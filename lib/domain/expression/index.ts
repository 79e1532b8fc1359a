export { explainExpression, readExpression } from './compile';
export { type Asked, evaluateAll, evaluateOne, fillTemplate } from './evaluate';
export { ExpressionError } from './threads';
