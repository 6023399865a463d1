/* Written at run time, too, so that it is no constant. */
int weights[4] = {1, 2, 4, 8};

int sum(void) { return weights[0] + weights[1] + weights[2] + weights[3]; }

int f(int x) {
    if (x < 0) return sum();
    return weights[x & 3] * 10;
}
