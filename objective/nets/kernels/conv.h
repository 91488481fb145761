// Convolutions, included by level.h, one image after another. An image is first
// copied to the inside of a padded one, channels last. There the window of a pixel
// is three lines of 3*in numbers in a row, so a convolution is a matrix product whose
// sums walk over three segments, with nothing unfolded in memory.
//
// Every output of a convolution is one sum from its bias on, over lines, columns and
// channels in this order, and so is a gradient by the input. A gradient by a weight
// is one sum over the pixels of some lines of an image in reading order
// (ek_block_lines), and these sums are added in order, block by block and image by
// image.

// pack_forward packs the weights, panel by panel of the filters.
static TARGET void NAME(pack_forward)(const ek_conv *s, const float *w, float *panels) {
    long terms = s->kernel * s->kernel * s->in;
    for (long j = 0; j < s->out;) {
        long room = NAME(room)(s->out - j), n = s->out - j < room ? s->out - j : room;
        NAME(pack)(terms, n, room, w + j, s->out, 1, panels);
        panels += terms * room;
        j += n;
    }
}

// lines computes `lines` lines of `pixels` pixels from line `from` on, for one
// panel of filters; c has `stride` numbers a pixel and `line` a line.
INLINE void NAME(lines)(const ek_conv *s, const ek_image *x, long room, long width, long from, long lines, long pixels,
                        const float *panel, const float *start, float *c, long stride, long line) {
    ek_walk t = {.segments = s->kernel, .terms = s->kernel * s->in, .a_row = s->stride * s->in, .a_segment = x->line,
                 .a_term = 1, .b_segment = s->kernel * s->in * room, .b_term = room};
    for (long i = 0; i < lines; i++)
        NAME(panel_rows)(room, pixels, &t, x->at + (from + i) * s->stride * x->line, panel, start, EK_STORE,
                         c + i * line, stride, width);
}

static TARGET void NAME(conv)(const ek_conv *s, const float *x, const float *w, float *y, float *moments,
                              float *scratch) {
    const float zeros[2 * VL] = {0};
    long height = ek_outputs(s->height, s), width = ek_outputs(s->width, s), pixels = height * width;
    ek_room at = ek_layout(s, scratch);
    NAME(pack_forward)(s, w, at.panels);
    for (long i = 0; i < s->batch; i++, x += s->height * s->width * s->in, y += pixels * s->out) {
        ek_image image = ek_pad(s, x, at.pad);
        const float *panel = at.panels;
        for (long j = 0; j < s->out;) {
            long room = NAME(room)(s->out - j), n = s->out - j < room ? s->out - j : room;
            NAME(lines)(s, &image, room, n, 0, height, width, panel, zeros, y + j, s->out, width * s->out);
            panel += s->kernel * s->kernel * s->in * room;
            j += n;
        }
        if (moments) NAME(moments)(pixels, s->out, y, moments + 2 * i * s->out);
    }
}

typedef uint8_t NAME(bytes) __attribute__((vector_size(VL), aligned(1), may_alias));

// pool1 takes the first largest of four pixels, `next` and `below` apart, in VL
// channels, and cuts it at 0. NaN is larger than any number. Which one it was goes to
// taken if keep, a constant after inlining.
INLINE void NAME(pool1)(const int keep, const float *x, long next, long below, float *y, uint8_t *taken) {
    vec best = *(const mem *)x;
    ivec code = {0};
    const long at[4] = {0, next, below, below + next};
#pragma GCC unroll 4
    for (int k = 1; k < 4; k++) {
        vec v = *(const mem *)(x + at[k]);
        ivec take = (v > best) | (v != v);
        best = (vec)(((ivec)v & take) | ((ivec)best & ~take));
        if (keep) code = (code & ~take) | (take & k);
    }
    *(mem *)y = (vec)((ivec)best & ~(best < 0));
    if (!keep) return;
    ivec positive = best > 0;
    code = (code & positive) | (4 & ~positive);
    *(NAME(bytes) *)taken = __builtin_convertvector(code, NAME(bytes));
}

// pool takes a line of `width` windows of n channels out of two lines of pixels,
// which follow each other at x with `room` numbers a pixel; taken is for keep only.
INLINE void NAME(pool)(const int keep, long width, long n, long room, long channels, const float *x, float *y,
                       uint8_t *taken) {
    long below = 2 * width * room;
    for (long i = 0; i < width; i++, x += 2 * room, y += channels) {
        long c = 0;
        for (; c + VL <= n; c += VL) NAME(pool1)(keep, x + c, room, below, y + c, keep ? taken + c : NULL);
        if (c < n) {
            float best[VL];
            uint8_t codes[VL];
            NAME(pool1)(keep, x + c, room, below, best, codes);
            memcpy(y + c, best, (n - c) * sizeof(float));
            if (keep) memcpy(taken + c, codes, n - c);
        }
        if (keep) taken += channels;
    }
}

static TARGET void NAME(conv_block)(const ek_conv *s, const float *x, const float *w, const float *bias, float *y,
                                    uint8_t *taken, float *scratch) {
    long ph = s->height / 2, pw = s->width / 2;
    ek_room at = ek_layout(s, scratch);
    NAME(pack_forward)(s, w, at.panels);
    for (long i = 0; i < s->batch; i++, x += s->height * s->width * s->in) {
        ek_image image = ek_pad(s, x, at.pad);
        const float *panel = at.panels;
        for (long j = 0; j < s->out;) {
            long room = NAME(room)(s->out - j), n = s->out - j < room ? s->out - j : room;
            float start[2 * VL] = {0};
            memcpy(start, bias + j, n * sizeof(float));
            for (long r = 0; r < ph; r++) {
                long to = ((i * ph + r) * pw) * s->out + j;
                NAME(lines)(s, &image, room, room, 2 * r, 2, 2 * pw, panel, start, at.lines, room, 2 * pw * room);
                if (taken)
                    NAME(pool)(1, pw, n, room, s->out, at.lines, y + to, taken + to);
                else
                    NAME(pool)(0, pw, n, room, s->out, at.lines, y + to, NULL);
            }
            panel += 9 * s->in * room;
            j += n;
        }
    }
}

// unpool1 puts VL gradients back to the pixels, `next` and `below` apart, that
// were taken, zeros to the others, and adds what is put back to sums.
INLINE void NAME(unpool1)(const float *dy, const uint8_t *taken, float *x, long next, long below, float *sums) {
    ivec code = __builtin_convertvector(*(const NAME(bytes) *)taken, ivec);
    ivec g = (ivec) * (const mem *)dy;
    const long at[4] = {0, next, below, below + next};
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) *(mem *)(x + at[k]) = (vec)(g & (code == k));
    *(mem *)sums = *(mem *)sums + (vec)(g & (code < 4));
}

// unpool puts the gradients of one pooled image back where they came from, into
// the inside of a padded image whose border stays 0, and sums them up by channel.
static TARGET void NAME(unpool)(const ek_conv *s, const float *dy, const uint8_t *taken, float *pad, float *sums) {
    long n = s->out, line = (ek_outputs(s->width, s) + 2) * n;
    memset(sums, 0, n * sizeof(float));
    for (long r = 0; r < s->height / 2; r++) {
        float *at = pad + (2 * r + 1) * line + n;
        for (long i = 0; i < s->width / 2; i++, at += 2 * n, dy += n, taken += n) {
            long c = 0;
            for (; c + VL <= n; c += VL) NAME(unpool1)(dy + c, taken + c, at + c, n, line, sums + c);
            if (c == n) continue;
            float in[VL] = {0}, out[4 * VL], sum[VL] = {0};
            uint8_t codes[VL] = {0};
            size_t rest = (n - c) * sizeof(float);
            memcpy(in, dy + c, rest);
            memcpy(codes, taken + c, n - c);
            memcpy(sum, sums + c, rest);
            NAME(unpool1)(in, codes, out, VL, 2 * VL, sum);
            memcpy(sums + c, sum, rest);
            memcpy(at + c, out, rest);
            memcpy(at + c + n, out + VL, rest);
            memcpy(at + c + line, out + 2 * VL, rest);
            memcpy(at + c + line + n, out + 3 * VL, rest);
        }
    }
}

// weights adds to dw, kernel x kernel x in x out, the gradient that one image
// gives; dy is the inside of a padded image.
static TARGET void NAME(weights)(const ek_conv *s, const ek_image *x, const ek_image *dy, float *dw, float *panel) {
    const float zeros[2 * VL] = {0};
    long height = ek_outputs(s->height, s), width = ek_outputs(s->width, s), some = ek_block_lines(width);
    for (long from = 0; from < height; from += some) {
        long lines = height - from < some ? height - from : some;
        for (long j = 0; j < s->out;) {
            long room = NAME(room)(s->out - j), n = s->out - j < room ? s->out - j : room;
            for (long i = 0; i < lines; i++)
                NAME(pack)(width, n, room, dy->at + (from + i) * dy->line + j, s->out, 1, panel + i * width * room);
            ek_walk t = {.segments = lines, .terms = width, .a_row = 1, .a_segment = s->stride * x->line,
                         .a_term = s->stride * s->in, .b_segment = width * room, .b_term = room};
            for (long ky = 0; ky < s->kernel; ky++)
                NAME(panel_rows)(room, s->kernel * s->in, &t, x->at + (from * s->stride + ky) * x->line, panel, zeros,
                                 EK_ADD, dw + ky * s->kernel * s->in * s->out + j, s->out, n);
            j += n;
        }
    }
}

// A gradient by the input has, for stride 2, four kinds of pixels, by whether their
// line and column are odd, and each has taps of its own; for stride 1 there is one
// kind. pack_back packs the weights, panel by panel of the input channels and kind by
// kind, taps in the order of the outputs that they lead to.
static TARGET void NAME(pack_back)(const ek_conv *s, const float *w, float *panels) {
    for (long j = 0; j < s->in;) {
        long room = NAME(room)(s->in - j), n = s->in - j < room ? s->in - j : room;
        for (long kind = 0; kind < s->stride * s->stride; kind++) {
            ek_taps down = ek_taps_of(s, kind / s->stride), across = ek_taps_of(s, kind % s->stride);
            for (long p = 0; p < down.count; p++)
                for (long q = 0; q < across.count; q++) {
                    long ky = down.first - p * s->stride, kx = across.first - q * s->stride;
                    NAME(pack)(s->out, n, room, w + ((ky * s->kernel + kx) * s->in + j) * s->out, 1, s->out, panels);
                    panels += s->out * room;
                }
        }
        j += n;
    }
}

// inputs computes the gradient by one image, from that by its outputs, the inside
// of a padded image; end is EK_STORE or EK_ADD.
static TARGET void NAME(inputs)(const ek_conv *s, const ek_image *dy, const float *panels, float *dx, int end) {
    const float zeros[2 * VL] = {0};
    for (long j = 0; j < s->in;) {
        long room = NAME(room)(s->in - j), n = s->in - j < room ? s->in - j : room;
        for (long kind = 0; kind < s->stride * s->stride; kind++) {
            long v = kind / s->stride, h = kind % s->stride, pixels = (s->width - h + s->stride - 1) / s->stride;
            ek_taps down = ek_taps_of(s, v), across = ek_taps_of(s, h);
            ek_walk t = {.segments = down.count, .terms = across.count * s->out, .a_row = s->out, .a_segment = dy->line,
                         .a_term = 1, .b_segment = across.count * s->out * room, .b_term = room};
            if (across.count == 0) t.segments = 0; // no taps: the sum is 0
            if (t.segments == 0 && end == EK_ADD) continue;
            const float *at = dy->at + down.output * dy->line + across.output * s->out;
            for (long i = v; i < s->height; i += s->stride, at += dy->line)
                NAME(panel_rows)(room, pixels, &t, at, panels, zeros, end, dx + (i * s->width + h) * s->in + j,
                                 s->stride * s->in, n);
            panels += down.count * across.count * s->out * room;
        }
        j += n;
    }
}

static TARGET void NAME(conv_block_grad)(const ek_conv *s, const float *x, const float *w, const float *dy,
                                         const uint8_t *taken, float *dw, float *db, float *dx, float *scratch) {
    long size = s->height * s->width * s->in, pooled = (s->height / 2) * (s->width / 2) * s->out;
    ek_room at = ek_layout(s, scratch);
    ek_image d = ek_inside(s, at.dpad);
    memset(dw, 0, 9 * s->in * s->out * sizeof(float));
    memset(db, 0, s->out * sizeof(float));
    if (dx) NAME(pack_back)(s, w, at.panels);
    for (long i = 0; i < s->batch; i++) {
        ek_image image = ek_pad(s, x + i * size, at.pad);
        NAME(unpool)(s, dy + i * pooled, taken + i * pooled, at.dpad, at.lines);
        for (long c = 0; c < s->out; c++) db[c] += at.lines[c];
        NAME(weights)(s, &image, &d, dw, at.lines);
        if (dx) NAME(inputs)(s, &d, at.panels, dx + i * size, EK_STORE);
    }
}

static TARGET void NAME(conv_grad)(const ek_conv *s, const float *x, const float *w, const ek_norm_grad *g, float *dw,
                                   float *dx, int add, float *scratch) {
    long height = ek_outputs(s->height, s), width = ek_outputs(s->width, s), size = s->height * s->width * s->in;
    ek_room at = ek_layout(s, scratch);
    ek_image d = ek_inside(s, at.dpad);
    memset(dw, 0, s->kernel * s->kernel * s->in * s->out * sizeof(float));
    if (dx) NAME(pack_back)(s, w, at.panels);
    for (long i = 0; i < s->batch; i++) {
        ek_image image = ek_pad(s, x + i * size, at.pad);
        for (long r = 0; r < height; r++)
            NAME(norm_grad)(width, s->out, g, (i * height + r) * width * s->out, at.dpad + (r + 1) * d.line + s->out);
        NAME(weights)(s, &image, &d, dw, at.lines);
        if (dx) NAME(inputs)(s, &d, at.panels, dx + i * size, add ? EK_ADD : EK_STORE);
    }
}
