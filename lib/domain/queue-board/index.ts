export { askBoard, BOARD_PATH } from './ask-board';
