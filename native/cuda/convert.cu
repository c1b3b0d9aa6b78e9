// convert.cu: a batch of pictures from those that lie on the device as bytes.
#include "prelude.cuh"

// One row of a batch: which picture, −1 for none, and where its pixels go. The host draws it.
struct PictureRow {
    int picture;
    int shiftY, shiftX;
    int isMirrored;
    int cutY, cutX, cutSide;
    int padding;
};

// pixels uint8 [pictures, H, W, C]; rows [N]; table [C][256]: the input value of each byte; images [N, H, W, C].
struct BatchImagesArgs {
    const u8* pixels;
    const PictureRow* rows;
    const float* table;
    float* images;
    int n, h, w, c;
};

// images = table of the pixels, shifted (black moves in), then mirrored, with a square at the mean colour, which is 0; a row without a
// picture is 0. With all of a row but its picture 0, the picture stays as it is.
// Geometry: block 256; grid N ceil(H W C / 1024), the parts of a picture innermost; a thread takes up to four elements.
// Limits: the pictures may be more than 2^31 bytes.
GB_KERNEL(batch_images_f32, 256, (BatchImagesArgs args)) {
    int length = args.h * args.w * args.c;
    int parts = (length + 1023) / 1024;
    int slot = (int)blockIdx.x / parts;
    PictureRow row = args.rows[slot];
    const u8* picture = args.pixels + (u64)(u32)row.picture * (u32)length;
    for (int j = 0; j < 4; j++) {
        int i = (int)blockIdx.x % parts * 1024 + j * 256 + (int)threadIdx.x;
        if (i < length) {
            int c = i % args.c;
            int x = i / args.c % args.w;
            int y = i / args.c / args.w;
            int fromY = y + row.shiftY;
            int fromX = (row.isMirrored != 0 ? args.w - 1 - x : x) + row.shiftX;
            bool isBlank = row.picture < 0 || ((u32)(y - row.cutY) < (u32)row.cutSide && (u32)(x - row.cutX) < (u32)row.cutSide);
            bool isInside = !isBlank && (u32)fromY < (u32)args.h && (u32)fromX < (u32)args.w;
            int value = isInside ? picture[(fromY * args.w + fromX) * args.c + c] : 0;
            args.images[slot * length + i] = isBlank ? 0 : args.table[c * 256 + value];
        }
    }
}
