export { Matrix, type MatrixProps } from './matrix';
