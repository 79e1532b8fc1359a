export { compileExpression, type Expression, explainExpression } from './compile';
