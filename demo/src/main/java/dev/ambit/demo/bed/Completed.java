package dev.ambit.demo.bed;

/** How a command ended and what it said. */
public record Completed(int exit, String out, String err) {

    public boolean succeeded() {
        return exit == 0;
    }
}
